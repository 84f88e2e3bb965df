/* Answers about workspaces, tables and data collection rules in Azure's shape, for the tests of logging. */
#pragma once

#include "azure_rig.h"

#define RULE_SETTING      "AppConfig:LoggingConfig:RuleId"
#define WORKSPACE_SETTING "AppConfig:LoggingConfig:WorkspaceId"
#define ENDPOINT_SETTING  "AppConfig:LoggingConfig:DataCollectionEndpointUri"

#define CUSTOMER     "cccccccc-0000-4000-8000-00000000000c"
#define WORKSPACES   "/providers/Microsoft.OperationalInsights/workspaces"
#define WORKSPACE_ID RIG_GROUP WORKSPACES "/log-scepman"
#define TABLE        WORKSPACE_ID "/tables/SCEPman_CL"
#define RULES        "/providers/Microsoft.Insights/dataCollectionRules"
#define RULE_ID      RIG_GROUP RULES "/dcr-scepmanlogs"
#define IMMUTABLE    "dcr-00112233445566778899aabbccddeeff"
#define INGESTION    "https://dcr-scepmanlogs.westeurope-1.ingest.monitor.azure.com"

#define WORKSPACE(id, customer)                                                                                        \
	"{\"id\":\"" id                                                                                                \
	"\",\"name\":\"log-scepman\",\"location\":\"northeurope\",\"properties\":{\"customerId\":\"" customer "\"}}"
#define COLUMN(name) "{\"name\":\"" name "\",\"type\":\"string\"}"
/* All of SCEPman's but TimeGenerated and TraceIdentifier. */
#define COLUMNS                                                                                                                                                       \
	COLUMN("Timestamp")                                                                                                                                           \
	"," COLUMN("level") "," COLUMN("Message") "," COLUMN("Exception") "," COLUMN("TenantIdentifier") "," COLUMN("RequestUrl") "," COLUMN("UserAgent") "," COLUMN( \
		"LogCategory") "," COLUMN("EventId") "," COLUMN("Hostname") "," COLUMN("Websi"                                                                        \
										       "teHos"                                                                        \
										       "tnam"                                                                         \
										       "e") "," COLUMN("WebsiteSiteNa"                                                \
												       "me") "," COLUMN("WebsiteSlotName") "," COLUMN("BaseUrl")
#define TIME "{\"name\":\"TimeGenerated\",\"type\":\"datetime\"}"
#define TABLE_BODY(sub_type, columns)                                                                                  \
	"{\"id\":\"" TABLE                                                                                             \
	"\",\"name\":\"SCEPman_CL\",\"properties\":{\"schema\":{\"name\":\"SCEPman_CL\",\"tableSubType\":"             \
	"\"" sub_type "\",\"columns\":[" columns "],\"standardColumns\":[" TIME                                        \
	",{\"name\":\"TenantId\",\"type\":\"guid\"}]}}}"
#define WHOLE_TABLE TABLE_BODY("DataCollectionRuleBased", COLUMNS "," COLUMN("TraceIdentifier"))
#define RULE_BODY(id, properties)                                                                                      \
	"{\"id\":\"" id                                                                                                \
	"\",\"name\":\"dcr-scepmanlogs\",\"kind\":\"Direct\",\"location\":\"northeurope\",\"etag\":\"e\","             \
	"\"tags\":{\"cost\":\"7\"},\"properties\":{\"immutableId\":\"" IMMUTABLE                                       \
	"\",\"provisioningState\":\"Succeeded\"," properties "}}"
#define ENDPOINTS "\"endpoints\":{\"logsIngestion\":\"" INGESTION "\"}"
#define DESTINATION                                                                                                    \
	"\"destinations\":{\"logAnalytics\":[{\"name\":\"SCEPmanLogAnalyticsDestination\",\"workspaceResourceId\":"    \
	"\"" WORKSPACE_ID "\"}]}"
#define STREAM                                                                                                         \
	"\"streamDeclarations\":{\"Custom-SCEPmanLogs\":{\"columns\":[" TIME "," COLUMNS                               \
	"," COLUMN("TraceIdentifier") "]}}"
#define FLOW(output)                                                                                                   \
	"\"dataFlows\":[{\"streams\":[\"Custom-SCEPmanLogs\"],\"destinations\":[\"SCEPmanLogAnalyticsDestination\"],"  \
	"\"outputStream\":\"" output "\"}]"
#define WHOLE_RULE RULE_BODY(RULE_ID, ENDPOINTS "," DESTINATION "," STREAM "," FLOW("Custom-SCEPman_CL"))
#define ASSIGNED   "{\"properties\":{\"scope\":\"/\",\"roleDefinitionId\":\"/r\",\"principalId\":\"p\"}}"
#define TABLE_PATH TABLE "?api-version=2025-07-01 "
#define RULE_PATH  RULE_ID "?api-version=2024-03-11 "

/* A workspace beside SCEPman with the table and our rule in it, all in order. */
void logging_data_init(struct rig *rig);
