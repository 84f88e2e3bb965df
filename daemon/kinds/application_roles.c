#include "kinds/application_roles.h"

#include "base/attributes.h"

/* domain.md 1.3; the vendor's module, 2026-08. */
static const struct application_role scepman_api_roles[] = {
	{"CSR.Request", "CSR Requesters", "Request certificates via the raw CSR API. Only used internally for SCEPman.",
	 .for_applications = true},
	{"CSR.Request.Db", "CSR DB Requesters",
	 "Request certificates via the raw CSR API that automatically stores issued certificates",
	 .for_applications = true},
	{"CSR.Request.Direct", "Direct CSR Requesters",
	 "Request certificates via the raw CSR API with the caller being responsible for storing the certificates. "
	 "Only used internally for SCEPman.",
	 .for_applications = true},
	{"CSR.SelfService", "CSR Self Service",
	 "Request certificates via EST or the raw CSR API for your own devices or your own user account.",
	 .for_users = true},
	{"Manage.All", "Manage All", "Search and revoke all issued certificates", .for_users = true,
	 .for_applications = true},
};

#define USERS(value, display_name, description)                                                                        \
	{                                                                                                              \
		value, display_name, description, .for_users = true                                                    \
	}

/* domain.md 1.4; likewise. */
static const struct application_role certificate_master_roles[] = {
	USERS("Admin.Full", "Full Admin",
	      "Full access to all SCEPman CertMaster functions like requesting and managing certificates"),
	USERS("Manage.All", "Manage All", "See and revoke all issued certificates"),
	USERS("Manage.All.Read", "Manage All Readonly", "See all issued certificates"),
	USERS("Manage.Storage", "Manage Storage Certificates",
	      "See and revoke certificates listed in the Azure Storage Account"),
	USERS("Manage.Storage.Read", "Manage Storage Certificates Readonly",
	      "See certificates listed in the Azure Storage Account"),
	USERS("Manage.Intune", "Manage Intune Certificates", "See and revoke certificates enrolled via Intune"),
	USERS("Manage.Intune.Read", "Manage Intune Certificates Readonly", "See certificates enrolled via Intune"),
	USERS("Request.All", "Request All", "Request certificates of all types"),
	USERS("Request.Client", "Request Client", "Request client certificates"),
	USERS("Request.User", "Request User", "Request user certificates"),
	USERS("Request.CodeSigning", "Request Code Signing", "Request code signing certificates"),
	USERS("Request.SubCa", "Request Subordinate CA", "Request Subordinate CA certificates for Firewalls"),
	USERS("Request.Server", "Request Server", "Request TLS server certificates"),
	USERS("Request.All.Csr", "Request All (CSR)", "Request certificates of all types using CSR"),
	USERS("Request.All.Form", "Request All (Form)", "Request certificates of all types using form"),
	USERS("Request.Client.Csr", "Request Client (CSR)", "Request client certificates using CSR"),
	USERS("Request.Client.Form", "Request Client (Form)", "Request client certificates using form"),
	USERS("Request.User.Csr", "Request User (CSR)", "Request user certificates using CSR"),
	USERS("Request.User.Form", "Request User (Form)", "Request user certificates using form"),
	USERS("Request.CodeSigning.Csr", "Request Code Signing (CSR)", "Request code signing certificates using CSR"),
	USERS("Request.CodeSigning.Form", "Request Code Signing (Form)",
	      "Request code signing certificates using form"),
	USERS("Request.SubCa.Csr", "Request Subordinate CA (CSR)",
	      "Request Subordinate CA certificates for Firewalls using CSR"),
	USERS("Request.SubCa.Form", "Request Subordinate CA (Form)",
	      "Request Subordinate CA certificates for Firewalls using form"),
	USERS("Request.Server.Csr", "Request Server (CSR)", "Request TLS server certificates using CSR"),
	USERS("Request.Server.Form", "Request Server (Form)", "Request TLS server certificates using form"),
};

const struct application_role *application_roles(enum application_purpose purpose, size_t *ret_count)
{
	if (purpose == APPLICATION_SCEPMAN_API) {
		*ret_count = ARRAY_SIZE(scepman_api_roles);
		return scepman_api_roles;
	}
	*ret_count = ARRAY_SIZE(certificate_master_roles);
	return certificate_master_roles;
}

const char *application_anchor_role(enum application_purpose purpose)
{
	return purpose == APPLICATION_SCEPMAN_API ? "CSR.Request" : "Admin.Full";
}
