#include "graph_schema.h"

/* One property a line. */
/* clang-format off */

#define STRING   "Edm.String"
#define STRINGS  "Collection(Edm.String)"
#define BOOLEAN  "Edm.Boolean"
#define GUID     "Edm.Guid"
#define TIME     "Edm.DateTimeOffset"
#define SHOWN    GRAPH_SHOWN
#define FIXED    (GRAPH_SHOWN | GRAPH_READ_ONLY)
#define FULL     (GRAPH_SHOWN | GRAPH_NOT_NULL)
#define FIXED_ID (GRAPH_SHOWN | GRAPH_READ_ONLY | GRAPH_NOT_NULL)

static const struct graph_property application[] = {
	{"id", STRING, FIXED_ID},
	{"deletedDateTime", TIME, FIXED},
	{"appId", STRING, FIXED},
	{"applicationTemplateId", STRING, FIXED},
	{"disabledByMicrosoftStatus", STRING, FIXED},
	{"createdByAppId", STRING, GRAPH_READ_ONLY},
	{"createdDateTime", TIME, FIXED},
	{"displayName", STRING, SHOWN | GRAPH_REQUIRED},
	{"description", STRING, SHOWN},
	{"groupMembershipClaims", STRING, SHOWN},
	{"identifierUris", STRINGS, FULL},
	{"isDeviceOnlyAuthSupported", BOOLEAN, SHOWN},
	{"isDisabled", BOOLEAN, 0},
	{"isFallbackPublicClient", BOOLEAN, SHOWN},
	{"nativeAuthenticationApisEnabled", "graph.nativeAuthenticationApisEnabled", SHOWN},
	{"notes", STRING, SHOWN},
	{"oauth2RequirePostResponse", BOOLEAN, GRAPH_NOT_NULL, "false"},
	{"publisherDomain", STRING, FIXED},
	{"serviceManagementReference", STRING, SHOWN},
	{"signInAudience", STRING, SHOWN, "\"AzureADandPersonalMicrosoftAccount\""},
	{"tags", STRINGS, FULL},
	{"tokenEncryptionKeyId", GUID, SHOWN},
	{"uniqueName", STRING, SHOWN},
	{"samlMetadataUrl", STRING, SHOWN},
	{"defaultRedirectUri", STRING, SHOWN},
	{"certification", "graph.certification", FIXED},
	{"optionalClaims", "graph.optionalClaims", SHOWN},
	{"servicePrincipalLockConfiguration", "graph.servicePrincipalLockConfiguration", SHOWN},
	{"requestSignatureVerification", "graph.requestSignatureVerification", SHOWN},
	{"authenticationBehaviors", "graph.authenticationBehaviors", 0},
	{"addIns", "Collection(graph.addIn)", FULL},
	{"api", "graph.apiApplication", SHOWN,
	 "{\"acceptMappedClaims\":null,\"knownClientApplications\":[],\"requestedAccessTokenVersion\":null,"
	 "\"oauth2PermissionScopes\":[],\"preAuthorizedApplications\":[]}"},
	{"appRoles", "Collection(graph.appRole)", FULL},
	{"info", "graph.informationalUrl", SHOWN,
	 "{\"logoUrl\":null,\"marketingUrl\":null,\"privacyStatementUrl\":null,\"supportUrl\":null,"
	 "\"termsOfServiceUrl\":null}"},
	{"keyCredentials", "Collection(graph.keyCredential)", FULL},
	{"managerApplications", "Collection(Edm.Guid)", GRAPH_NOT_NULL | GRAPH_READ_ONLY},
	{"parentalControlSettings", "graph.parentalControlSettings", SHOWN,
	 "{\"countriesBlockedForMinors\":[],\"legalAgeGroupRule\":\"Allow\"}"},
	{"passwordCredentials", "Collection(graph.passwordCredential)", FULL},
	{"publicClient", "graph.publicClientApplication", SHOWN, "{\"redirectUris\":[]}"},
	{"requiredResourceAccess", "Collection(graph.requiredResourceAccess)", FULL},
	{"verifiedPublisher", "graph.verifiedPublisher", FIXED,
	 "{\"displayName\":null,\"verifiedPublisherId\":null,\"addedDateTime\":null}"},
	{"web", "graph.webApplication", SHOWN,
	 "{\"homePageUrl\":null,\"logoutUrl\":null,\"redirectUris\":[],\"implicitGrantSettings\":"
	 "{\"enableAccessTokenIssuance\":false,\"enableIdTokenIssuance\":false},\"redirectUriSettings\":[]}"},
	{"spa", "graph.spaApplication", SHOWN, "{\"redirectUris\":[]}"},
	{0},
};

static const struct graph_property service_principal[] = {
	{"id", STRING, FIXED_ID},
	{"deletedDateTime", TIME, FIXED},
	{"accountEnabled", BOOLEAN, SHOWN, "true"},
	{"alternativeNames", STRINGS, FULL},
	{"appDisplayName", STRING, FIXED},
	{"appDescription", STRING, FIXED},
	{"appId", STRING, SHOWN | GRAPH_CREATE | GRAPH_REQUIRED},
	{"applicationTemplateId", STRING, FIXED},
	{"appOwnerOrganizationId", GUID, FIXED},
	{"appRoleAssignmentRequired", BOOLEAN, FULL, "false"},
	{"createdByAppId", STRING, GRAPH_READ_ONLY},
	{"customSecurityAttributes", "graph.customSecurityAttributeValue", 0},
	{"description", STRING, SHOWN},
	{"disabledByMicrosoftStatus", STRING, FIXED},
	{"displayName", STRING, SHOWN},
	{"homepage", STRING, SHOWN},
	{"isDisabled", BOOLEAN, 0},
	{"loginUrl", STRING, SHOWN},
	{"logoutUrl", STRING, SHOWN},
	{"notes", STRING, SHOWN},
	{"notificationEmailAddresses", STRINGS, FULL},
	{"preferredSingleSignOnMode", STRING, SHOWN},
	{"preferredTokenSigningKeyThumbprint", STRING, SHOWN},
	{"replyUrls", STRINGS, FULL},
	{"servicePrincipalNames", STRINGS, FULL},
	{"servicePrincipalType", STRING, SHOWN, "\"Application\""},
	{"signInAudience", STRING, FIXED},
	{"tags", STRINGS, FULL},
	{"tokenEncryptionKeyId", GUID, SHOWN},
	{"samlSingleSignOnSettings", "graph.samlSingleSignOnSettings", SHOWN},
	{"addIns", "Collection(graph.addIn)", FULL},
	{"appRoles", "Collection(graph.appRole)", FULL},
	{"info", "graph.informationalUrl", SHOWN,
	 "{\"logoUrl\":null,\"marketingUrl\":null,\"privacyStatementUrl\":null,\"supportUrl\":null,"
	 "\"termsOfServiceUrl\":null}"},
	{"keyCredentials", "Collection(graph.keyCredential)", FULL},
	{"oauth2PermissionScopes", "Collection(graph.permissionScope)", FULL},
	{"passwordCredentials", "Collection(graph.passwordCredential)", FULL},
	{"resourceSpecificApplicationPermissions", "Collection(graph.resourceSpecificPermission)", FIXED_ID},
	{"verifiedPublisher", "graph.verifiedPublisher", FIXED,
	 "{\"displayName\":null,\"verifiedPublisherId\":null,\"addedDateTime\":null}"},
	{0},
};

static const struct graph_property app_role_assignment[] = {
	{"id", STRING, FIXED_ID},
	{"deletedDateTime", TIME, FIXED},
	{"appRoleId", GUID, FULL | GRAPH_CREATE | GRAPH_REQUIRED},
	{"createdDateTime", TIME, FIXED},
	{"principalDisplayName", STRING, FIXED},
	{"principalId", GUID, SHOWN | GRAPH_CREATE | GRAPH_REQUIRED},
	{"principalType", STRING, FIXED},
	{"resourceDisplayName", STRING, FIXED},
	{"resourceId", GUID, SHOWN | GRAPH_CREATE | GRAPH_REQUIRED},
	{0},
};

static const struct graph_property oauth2_permission_grant[] = {
	{"clientId", STRING, FULL | GRAPH_CREATE | GRAPH_REQUIRED},
	{"consentType", STRING, SHOWN | GRAPH_CREATE | GRAPH_REQUIRED},
	{"id", STRING, FIXED_ID},
	{"principalId", STRING, SHOWN | GRAPH_CREATE},
	{"resourceId", STRING, FULL | GRAPH_CREATE | GRAPH_REQUIRED},
	{"scope", STRING, SHOWN},
	{0},
};

/* The excerpt of the metadata has namesakes of these two from other namespaces (the term store's group, Defender's
 * user). These are the directory's own, in the few properties that role assignments and clients here need. */
static const struct graph_property group[] = {
	{"id", STRING, FIXED_ID},
	{"deletedDateTime", TIME, FIXED},
	{"createdDateTime", TIME, FIXED},
	{"description", STRING, SHOWN},
	{"displayName", STRING, SHOWN | GRAPH_REQUIRED},
	{"groupTypes", STRINGS, FULL},
	{"mail", STRING, FIXED},
	{"mailEnabled", BOOLEAN, SHOWN | GRAPH_REQUIRED, "false"},
	{"mailNickname", STRING, SHOWN | GRAPH_REQUIRED},
	{"securityEnabled", BOOLEAN, SHOWN | GRAPH_REQUIRED, "true"},
	{"visibility", STRING, SHOWN},
	{0},
};

static const struct graph_property user[] = {
	{"businessPhones", STRINGS, FULL},
	{"displayName", STRING, SHOWN},
	{"givenName", STRING, SHOWN},
	{"jobTitle", STRING, SHOWN},
	{"mail", STRING, SHOWN},
	{"mobilePhone", STRING, SHOWN},
	{"officeLocation", STRING, SHOWN},
	{"preferredLanguage", STRING, SHOWN},
	{"surname", STRING, SHOWN},
	{"userPrincipalName", STRING, SHOWN},
	{"id", STRING, FIXED_ID},
	{"accountEnabled", BOOLEAN, 0, "true"},
	{"userType", STRING, 0, "\"Member\""},
	{0},
};

static const struct graph_property organization[] = {
	{"id", STRING, FIXED_ID},
	{"deletedDateTime", TIME, FIXED},
	{"businessPhones", STRINGS, FULL},
	{"city", STRING, SHOWN},
	{"country", STRING, SHOWN},
	{"countryLetterCode", STRING, SHOWN, "\"DE\""},
	{"createdDateTime", TIME, FIXED, "\"2020-01-01T00:00:00Z\""},
	{"defaultUsageLocation", STRING, SHOWN},
	{"displayName", STRING, SHOWN},
	{"marketingNotificationEmails", STRINGS, FULL},
	{"onPremisesLastSyncDateTime", TIME, SHOWN},
	{"onPremisesSyncEnabled", BOOLEAN, SHOWN},
	{"partnerTenantType", "graph.partnerTenantType", SHOWN},
	{"postalCode", STRING, SHOWN},
	{"preferredLanguage", STRING, SHOWN, "\"en\""},
	{"privacyProfile", "graph.privacyProfile", SHOWN},
	{"securityComplianceNotificationMails", STRINGS, FULL},
	{"securityComplianceNotificationPhones", STRINGS, FULL},
	{"state", STRING, SHOWN},
	{"street", STRING, SHOWN},
	{"technicalNotificationMails", STRINGS, FULL},
	{"tenantType", STRING, SHOWN, "\"AAD\""},
	{"assignedPlans", "Collection(graph.assignedPlan)", FULL},
	{"provisionedPlans", "Collection(graph.provisionedPlan)", FULL},
	{"verifiedDomains", "Collection(graph.verifiedDomain)", FULL},
	{0},
};

static const struct graph_property directory_audit[] = {
	{"id", STRING, FIXED_ID},
	{"category", STRING, FIXED_ID},
	{"correlationId", STRING, FIXED},
	{"result", "graph.operationResult", FIXED},
	{"resultReason", STRING, FIXED},
	{"activityDisplayName", STRING, FIXED_ID},
	{"activityDateTime", TIME, FIXED_ID},
	{"loggedByService", STRING, FIXED},
	{"operationType", STRING, FIXED},
	{"initiatedBy", "graph.auditActivityInitiator", FIXED_ID},
	{"targetResources", "Collection(graph.targetResource)", FIXED},
	{"additionalDetails", "Collection(graph.keyValue)", FIXED},
	{0},
};

/* Not in the excerpt, which names it as the type of a relation only: the reference pages of Graph v1.0. */
static const struct graph_property federated_identity_credential[] = {
	{"id", STRING, FIXED_ID},
	{"name", STRING, FULL | GRAPH_CREATE | GRAPH_REQUIRED},
	{"issuer", STRING, FULL | GRAPH_REQUIRED},
	{"subject", STRING, FULL | GRAPH_REQUIRED},
	{"description", STRING, SHOWN},
	{"audiences", STRINGS, FULL | GRAPH_REQUIRED},
	{0},
};

/* What is asked for as a directoryObject is shown as what it is; see graph_view(). */
static const struct graph_property directory_object[] = {
	{"id", STRING, FIXED_ID},
	{"deletedDateTime", TIME, FIXED},
	{0},
};

const struct graph_type graph_entity_types[] = {
	{"directoryObject", directory_object},
	{"application", application},
	{"servicePrincipal", service_principal},
	{"appRoleAssignment", app_role_assignment},
	{"oAuth2PermissionGrant", oauth2_permission_grant},
	{"group", group},
	{"user", user},
	{"organization", organization},
	{"directoryAudit", directory_audit},
	{"federatedIdentityCredential", federated_identity_credential},
	{0},
};
