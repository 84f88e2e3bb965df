#include "world/node.h"

const char *reason_name(enum reason reason)
{
	static const char *const names[REASON_REASONS] = {
		[REASON_NONE] = "",
		[REASON_INSTANCE_NOT_FOUND] = "InstanceNotFound",
		[REASON_INSTANCE_AMBIGUOUS] = "InstanceAmbiguous",
		[REASON_SUBSCRIPTION_NOT_ACCESSIBLE] = "SubscriptionNotAccessible",
		[REASON_IDENTITY_MISSING] = "IdentityMissing",
		[REASON_SLOT_NOT_FOUND] = "SlotNotFound",
		[REASON_SLOT_IDENTITY_MISSING] = "SlotIdentityMissing",
		[REASON_SLOT_VERSION_UNKNOWN] = "SlotVersionUnknown",
		[REASON_SLOT_IS_V1] = "SlotIsV1",
		[REASON_SPLIT_TENANCY_SUSPECTED] = "SplitTenancySuspected",
		[REASON_AMBIGUOUS_APP_REGISTRATION] = "AmbiguousAppRegistration",
		[REASON_APP_REGISTRATION_NOT_FOUND] = "AppRegistrationNotFound",
		[REASON_AMBIGUOUS_CERTIFICATE_MASTER] = "AmbiguousCertificateMaster",
		[REASON_CERTIFICATE_MASTER_MISSING] = "CertificateMasterMissing",
		[REASON_CANDIDATE_UNREADABLE] = "CandidateUnreadable",
		[REASON_STORAGE_NOT_RESOLVABLE] = "StorageNotResolvable",
		[REASON_STORAGE_ENDPOINT_CONFLICT] = "StorageEndpointConflict",
		[REASON_SETTING_SPELLING_CONFLICT] = "SettingSpellingConflict",
		[REASON_UPGRADE_NEEDS_CONSENT] = "UpgradeNeedsConsent",
		[REASON_UPGRADE_PENDING] = "UpgradePending",
		[REASON_BACKUP_CONFLICT] = "BackupConflict",
		[REASON_BACKUP_MISSING] = "BackupMissing",
		[REASON_APPLICATION_ID_NOT_GUID] = "ApplicationIdNotGuid",
		[REASON_KEY_VAULT_NOT_RESOLVABLE] = "KeyVaultNotResolvable",
		[REASON_WORKSPACE_NOT_FOUND] = "WorkspaceNotFound",
		[REASON_WORKSPACE_AMBIGUOUS] = "WorkspaceAmbiguous",
		[REASON_DCR_NOT_FOUND] = "DcrNotFound",
		[REASON_DCR_UNSUITABLE] = "DcrUnsuitable",
		[REASON_TABLE_MIGRATION_NEEDS_CONSENT] = "TableMigrationNeedsConsent",
		[REASON_INSUFFICIENT_PRIVILEGES] = "InsufficientPrivileges",
		[REASON_GRANT_PENDING_ADMIN] = "GrantPendingAdmin",
		[REASON_ROLE_UNAVAILABLE_IN_CLOUD] = "RoleUnavailableInCloud",
		[REASON_INTUNE_NOT_USED] = "IntuneNotUsed",
		[REASON_ARTIFACT_URL_DEAD] = "ArtifactUrlDead",
		[REASON_ARTIFACT_PLATFORM_MISMATCH] = "ArtifactPlatformMismatch",
		[REASON_UPDATE_CHANNEL_UNKNOWN] = "UpdateChannelUnknown",
		[REASON_UPDATE_CHANNEL_NOT_APPLIED] = "UpdateChannelNotApplied",
		[REASON_STACK_UNPARSABLE] = "StackUnparsable",
		[REASON_PRINCIPAL_NOT_FOUND] = "PrincipalNotFound",
		[REASON_PRINCIPAL_AMBIGUOUS] = "PrincipalAmbiguous",
		[REASON_PROBE_UNHEALTHY] = "ProbeUnhealthy",
		[REASON_READ_INCONSISTENT] = "ReadInconsistent",
		[REASON_WRITE_CONFLICT] = "WriteConflict",
		[REASON_WRITE_DEFERRED] = "WriteDeferred",
		[REASON_WRITE_HELD_BACK] = "WriteHeldBack",
		[REASON_HELD_BY_OPERATOR] = "HeldByOperator",
		[REASON_CREDENTIAL_REJECTED] = "CredentialRejected",
		[REASON_CLOUD_UNREACHABLE] = "CloudUnreachable",
		[REASON_CLOUD_REFUSED] = "CloudRefused",
	};

	return names[reason];
}

const char *action_name(enum action action)
{
	switch (action) {
	case ACTION_CREATE:
		return "create";
	case ACTION_UPDATE:
		return "update";
	case ACTION_REMOVE:
		return "remove";
	case ACTION_ASSIGN:
		return "assign";
	}
	return "";
}
