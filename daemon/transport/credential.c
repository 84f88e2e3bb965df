#include "transport/credential.h"

#include "transport/credential_managed_identity.h"

int credential_new(const struct credential_context *context, const struct desired_credential *desired,
		   struct credential **ret, char **ret_problem)
{
	struct credential *credential = NULL;
	int r = 0;

	switch (desired->type) {
	case CREDENTIAL_CLIENT_SECRET:
		credential = credential_client_secret_new(desired);
		break;
	case CREDENTIAL_AZURE_CLI:
		credential = credential_azure_cli_new();
		break;
	case CREDENTIAL_DEFAULT:
		r = credential_default_new(context, desired, &credential, ret_problem);
		break;
	case CREDENTIAL_MANAGED_IDENTITY:
		r = credential_managed_identity_new(desired, NULL, &credential, ret_problem);
		break;
	case CREDENTIAL_ENVIRONMENT:
		r = credential_environment_new(context, &credential, ret_problem);
		break;
	case CREDENTIAL_WORKLOAD_IDENTITY:
		r = credential_workload_identity_new(context, desired, &credential, ret_problem);
		break;
	case CREDENTIAL_CLIENT_CERTIFICATE:
		credential = credential_client_certificate_new(desired);
		break;
	}
	if (r < 0)
		return r;
	credential->context = *context;
	*ret = credential;
	return 0;
}

void credential_acquire(struct credential *credential, const struct credential_wish *wish,
			credential_answer_fn *on_answer, void *arg)
{
	credential->operations->acquire(credential, wish, on_answer, arg);
}

void credential_close(struct credential *credential, void (*on_closed)(void *arg), void *arg)
{
	credential->on_closed = on_closed;
	credential->closed_arg = arg;
	credential->operations->close(credential);
}
