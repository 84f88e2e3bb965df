#include "graph_schema.h"

/* One property a line. */
/* clang-format off */

#define STRING  "Edm.String"
#define STRINGS "Collection(Edm.String)"
#define BOOLEAN "Edm.Boolean"
#define GUID    "Edm.Guid"
#define TIME    "Edm.DateTimeOffset"
#define SHOWN   GRAPH_SHOWN
#define FULL    (GRAPH_SHOWN | GRAPH_NOT_NULL)

static const struct graph_property add_in[] = {
	{"id", GUID, SHOWN},
	{"properties", "Collection(graph.keyValue)", FULL},
	{"type", STRING, FULL},
	{0},
};

static const struct graph_property api_application[] = {
	{"acceptMappedClaims", BOOLEAN, SHOWN},
	{"knownClientApplications", "Collection(Edm.Guid)", SHOWN},
	{"oauth2PermissionScopes", "Collection(graph.permissionScope)", FULL},
	{"preAuthorizedApplications", "Collection(graph.preAuthorizedApplication)", SHOWN},
	{"requestedAccessTokenVersion", "Edm.Int32", SHOWN},
	{0},
};

static const struct graph_property app_role[] = {
	{"allowedMemberTypes", STRINGS, FULL},
	{"description", STRING, SHOWN},
	{"displayName", STRING, SHOWN},
	{"id", GUID, FULL},
	{"isEnabled", BOOLEAN, FULL, "true"},
	{"origin", STRING, SHOWN | GRAPH_READ_ONLY, "\"Application\""},
	{"value", STRING, SHOWN},
	{0},
};

static const struct graph_property authentication_behaviors[] = {
	{"blockAzureADGraphAccess", BOOLEAN, SHOWN},
	{"removeUnverifiedEmailClaim", BOOLEAN, SHOWN},
	{"requireClientServicePrincipal", BOOLEAN, SHOWN},
	{0},
};

static const struct graph_property certification[] = {
	{"certificationDetailsUrl", STRING, SHOWN},
	{"certificationExpirationDateTime", TIME, SHOWN},
	{"isCertifiedByMicrosoft", BOOLEAN, SHOWN},
	{"isPublisherAttested", BOOLEAN, SHOWN},
	{"lastCertificationDateTime", TIME, SHOWN},
	{0},
};

static const struct graph_property informational_url[] = {
	{"logoUrl", STRING, SHOWN | GRAPH_READ_ONLY},
	{"marketingUrl", STRING, SHOWN},
	{"privacyStatementUrl", STRING, SHOWN},
	{"supportUrl", STRING, SHOWN},
	{"termsOfServiceUrl", STRING, SHOWN},
	{0},
};

static const struct graph_property key_credential[] = {
	{"customKeyIdentifier", "Edm.Binary", SHOWN},
	{"displayName", STRING, SHOWN},
	{"endDateTime", TIME, SHOWN},
	{"key", "Edm.Binary", GRAPH_NEVER},
	{"keyId", GUID, SHOWN},
	{"startDateTime", TIME, SHOWN},
	{"type", STRING, SHOWN},
	{"usage", STRING, SHOWN},
	{0},
};

static const struct graph_property optional_claims[] = {
	{"accessToken", "Collection(graph.optionalClaim)", SHOWN},
	{"idToken", "Collection(graph.optionalClaim)", SHOWN},
	{"saml2Token", "Collection(graph.optionalClaim)", SHOWN},
	{0},
};

static const struct graph_property parental_control_settings[] = {
	{"countriesBlockedForMinors", STRINGS, SHOWN},
	{"legalAgeGroupRule", STRING, SHOWN},
	{0},
};

static const struct graph_property password_credential[] = {
	{"customKeyIdentifier", "Edm.Binary", SHOWN},
	{"displayName", STRING, SHOWN},
	{"endDateTime", TIME, SHOWN},
	{"hint", STRING, SHOWN | GRAPH_READ_ONLY},
	{"keyId", GUID, SHOWN},
	{"secretText", STRING, SHOWN | GRAPH_READ_ONLY},
	{"startDateTime", TIME, SHOWN},
	{0},
};

static const struct graph_property public_client_application[] = {
	{"redirectUris", STRINGS, FULL},
	{0},
};

static const struct graph_property request_signature_verification[] = {
	{"allowedWeakAlgorithms", "graph.weakAlgorithms", SHOWN},
	{"isSignedRequestRequired", BOOLEAN, FULL},
	{0},
};

static const struct graph_property required_resource_access[] = {
	{"resourceAccess", "Collection(graph.resourceAccess)", FULL},
	{"resourceAppId", STRING, FULL},
	{0},
};

static const struct graph_property service_principal_lock_configuration[] = {
	{"allProperties", BOOLEAN, SHOWN},
	{"credentialsWithUsageSign", BOOLEAN, SHOWN},
	{"credentialsWithUsageVerify", BOOLEAN, SHOWN},
	{"isEnabled", BOOLEAN, FULL},
	{"tokenEncryptionKeyId", BOOLEAN, SHOWN},
	{0},
};

static const struct graph_property spa_application[] = {
	{"redirectUris", STRINGS, FULL},
	{0},
};

static const struct graph_property verified_publisher[] = {
	{"addedDateTime", TIME, SHOWN},
	{"displayName", STRING, SHOWN},
	{"verifiedPublisherId", STRING, SHOWN},
	{0},
};

static const struct graph_property web_application[] = {
	{"homePageUrl", STRING, SHOWN},
	{"implicitGrantSettings", "graph.implicitGrantSettings", SHOWN,
	 "{\"enableAccessTokenIssuance\":false,\"enableIdTokenIssuance\":false}"},
	{"logoutUrl", STRING, SHOWN},
	{"redirectUris", STRINGS, FULL},
	{"redirectUriSettings", "Collection(graph.redirectUriSettings)", FULL},
	{0},
};

static const struct graph_property permission_scope[] = {
	{"adminConsentDescription", STRING, SHOWN},
	{"adminConsentDisplayName", STRING, SHOWN},
	{"id", GUID, FULL},
	{"isEnabled", BOOLEAN, FULL},
	{"origin", STRING, GRAPH_READ_ONLY},
	{"type", STRING, SHOWN},
	{"userConsentDescription", STRING, SHOWN},
	{"userConsentDisplayName", STRING, SHOWN},
	{"value", STRING, SHOWN},
	{0},
};

static const struct graph_property resource_specific_permission[] = {
	{"description", STRING, SHOWN},
	{"displayName", STRING, SHOWN},
	{"id", GUID, FULL},
	{"isEnabled", BOOLEAN, FULL},
	{"value", STRING, SHOWN},
	{0},
};

static const struct graph_property saml_single_sign_on_settings[] = {
	{"relayState", STRING, SHOWN},
	{0},
};

static const struct graph_property assigned_plan[] = {
	{"assignedDateTime", TIME, SHOWN},
	{"capabilityStatus", STRING, SHOWN},
	{"service", STRING, SHOWN},
	{"servicePlanId", GUID, SHOWN},
	{0},
};

static const struct graph_property privacy_profile[] = {
	{"contactEmail", STRING, SHOWN},
	{"statementUrl", STRING, SHOWN},
	{0},
};

static const struct graph_property provisioned_plan[] = {
	{"capabilityStatus", STRING, SHOWN},
	{"provisioningStatus", STRING, SHOWN},
	{"service", STRING, SHOWN},
	{0},
};

static const struct graph_property verified_domain[] = {
	{"capabilities", STRING, SHOWN},
	{"isDefault", BOOLEAN, SHOWN},
	{"isInitial", BOOLEAN, SHOWN},
	{"name", STRING, SHOWN},
	{"type", STRING, SHOWN},
	{0},
};

static const struct graph_property key_value[] = {
	{"key", STRING, SHOWN},
	{"value", STRING, SHOWN},
	{0},
};

static const struct graph_property audit_activity_initiator[] = {
	{"app", "graph.appIdentity", SHOWN},
	{"user", "graph.userIdentity", SHOWN},
	{0},
};

static const struct graph_property target_resource[] = {
	{"displayName", STRING, SHOWN},
	{"groupType", "graph.groupType", SHOWN},
	{"id", STRING, SHOWN},
	{"modifiedProperties", "Collection(graph.modifiedProperty)", SHOWN},
	{"type", STRING, SHOWN},
	{"userPrincipalName", STRING, SHOWN},
	{0},
};

static const struct graph_property pre_authorized_application[] = {
	{"appId", STRING, SHOWN},
	{"delegatedPermissionIds", STRINGS, FULL},
	{0},
};

static const struct graph_property optional_claim[] = {
	{"additionalProperties", STRINGS, SHOWN},
	{"essential", BOOLEAN, FULL},
	{"name", STRING, FULL},
	{"source", STRING, SHOWN},
	{0},
};

static const struct graph_property resource_access[] = {
	{"id", GUID, FULL},
	{"type", STRING, SHOWN},
	{0},
};

static const struct graph_property implicit_grant_settings[] = {
	{"enableAccessTokenIssuance", BOOLEAN, SHOWN, "false"},
	{"enableIdTokenIssuance", BOOLEAN, SHOWN, "false"},
	{0},
};

static const struct graph_property redirect_uri_settings[] = {
	{"index", "Edm.Int32", SHOWN},
	{"uri", STRING, SHOWN},
	{0},
};

static const struct graph_property app_identity[] = {
	{"appId", STRING, SHOWN},
	{"displayName", STRING, SHOWN},
	{"servicePrincipalId", STRING, SHOWN},
	{"servicePrincipalName", STRING, SHOWN},
	{0},
};

static const struct graph_property user_identity[] = {
	{"displayName", STRING, SHOWN},
	{"id", STRING, SHOWN},
	{"userPrincipalName", STRING, SHOWN},
	{0},
};

static const struct graph_property modified_property[] = {
	{"displayName", STRING, SHOWN},
	{"newValue", STRING, SHOWN},
	{"oldValue", STRING, SHOWN},
	{0},
};

const struct graph_type graph_complex_types[] = {
	{"addIn", add_in},
	{"apiApplication", api_application},
	{"appRole", app_role},
	{"authenticationBehaviors", authentication_behaviors},
	{"certification", certification},
	{"informationalUrl", informational_url},
	{"keyCredential", key_credential},
	{"optionalClaims", optional_claims},
	{"parentalControlSettings", parental_control_settings},
	{"passwordCredential", password_credential},
	{"publicClientApplication", public_client_application},
	{"requestSignatureVerification", request_signature_verification},
	{"requiredResourceAccess", required_resource_access},
	{"servicePrincipalLockConfiguration", service_principal_lock_configuration},
	{"spaApplication", spa_application},
	{"verifiedPublisher", verified_publisher},
	{"webApplication", web_application},
	{"permissionScope", permission_scope},
	{"resourceSpecificPermission", resource_specific_permission},
	{"samlSingleSignOnSettings", saml_single_sign_on_settings},
	{"assignedPlan", assigned_plan},
	{"privacyProfile", privacy_profile},
	{"provisionedPlan", provisioned_plan},
	{"verifiedDomain", verified_domain},
	{"keyValue", key_value},
	{"auditActivityInitiator", audit_activity_initiator},
	{"targetResource", target_resource},
	{"preAuthorizedApplication", pre_authorized_application},
	{"optionalClaim", optional_claim},
	{"resourceAccess", resource_access},
	{"implicitGrantSettings", implicit_grant_settings},
	{"redirectUriSettings", redirect_uri_settings},
	{"appIdentity", app_identity},
	{"userIdentity", user_identity},
	{"modifiedProperty", modified_property},
	{0},
};
