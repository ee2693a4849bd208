/** Where a project says that a secret is: the secret itself stands in no file. */
export type SecretReference = { readonly env?: string | undefined; readonly command?: readonly string[] | undefined; readonly keychain?: string | undefined };
