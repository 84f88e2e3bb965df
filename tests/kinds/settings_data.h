/* Settings of the rig's sites that want nothing, as JSON members: tests put what they are about before or behind them.
 */
#pragma once

#include "settings_rig.h"

#define PACKAGE                                                                                                        \
	"\"WEBSITE_RUN_FROM_PACKAGE\":\"https://raw.githubusercontent.com/scepman/install/master/dist/Artifacts.zip\""
#define OWN_PACKAGE "\"WEBSITE_RUN_FROM_PACKAGE\":\"https://stcontoso.blob.core.windows.net/scepman/Artifacts.zip\""
#define MASTER_PACKAGE                                                                                                 \
	"\"WEBSITE_RUN_FROM_PACKAGE\":\"https://raw.githubusercontent.com/scepman/install/master/dist-certmaster/"     \
	"CertMaster-Artifacts.zip\""
#define TENANT      "\"AppConfig:AuthConfig:TenantId\":\"" RIG_TENANT "\""
#define FOREIGN     "\"AppConfig:LicenseKey\":\"Li\\\"c\\u00e4nse\\\\\\n\",\"UPPER_lower\":\"\""
#define APPLICATION "\"AppConfig:AuthConfig:ApplicationId\":\"" RIG_API "\""
#define MASTER_LINK                                                                                                    \
	"\"AppConfig:CertMaster:URL\":\"https://"                                                                      \
	"app-scepman-cm.azurewebsites.net\",\"AppConfig:DirectCSRValidation:Enabled\":\"true\""
#define STORAGE "\"AppConfig:CertificateStorage:TableStorageEndpoint\":\"" RIG_TABLE "\""
#define LOGGING                                                                                                        \
	"\"AppConfig:LoggingConfig:DataCollectionEndpointUri\":\"" RIG_INGEST                                          \
	"\",\"AppConfig:LoggingConfig:RuleId\":\"" RIG_RULE "\""
#define LEVEL(n) "\"AppConfig:AuthConfig:ManagedIdentityPermissionLevel\":\"" n "\""
#define TIME(t)  "\"AppConfig:AuthConfig:ManagedIdentityEnabledOnUnixTime\":\"" t "\""
#define HOST(h)  "\"AppConfig:AuthConfig:ManagedIdentityEnabledForWebsiteHostname\":\"" h "\""
#define OTHER_ID "0c0c0c0c-1111-4222-8333-444444444444"
#define OLD_TIME "1700000000"
#define OWN_HOST "app-scepman.azurewebsites.net"
#define IDENTITY LEVEL("2") "," TIME(OLD_TIME) "," HOST(OWN_HOST)

#define SCEPMAN_BUT_IDENTITY PACKAGE "," TENANT "," FOREIGN "," APPLICATION "," MASTER_LINK "," STORAGE "," LOGGING
#define SCEPMAN              SCEPMAN_BUT_IDENTITY "," IDENTITY

#define MASTER_BUT_IDENTITY                                                                                            \
	MASTER_PACKAGE "," TENANT ",\"AppConfig:SCEPman:URL\":\"https://app-scepman.azurewebsites.net/\","             \
		       "\"AppConfig:AzureStorage:TableStorageEndpoint\":\"" RIG_TABLE "\","                            \
		       "\"AppConfig:AuthConfig:ApplicationId\":\"" RIG_MASTER "\","                                    \
		       "\"AppConfig:AuthConfig:SCEPmanAPIScope\":\"api://" RIG_API "\"," LOGGING
#define MASTER MASTER_BUT_IDENTITY "," LEVEL("2") "," TIME(OLD_TIME)
