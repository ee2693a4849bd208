/** A public key of an issuer, as it publishes it (JWK). */
export type IssuedKey = { readonly kid?: string; readonly kty?: string; readonly [field: string]: unknown };

/** Who this process is, in a way that others can check. */
export interface Identity {
  /** A token of the CI that this runs in, for exactly this audience; nothing elsewhere. Fails with `config-invalid` where the CI does not give one, or is one of the issuers and never can. */
  token(audience: string, issuers: readonly string[]): Promise<string | undefined>;
  /** The keys that an issuer signs its tokens with, as it publishes them. Fails with `config-invalid` where they cannot be had. */
  keysOf(issuer: string): Promise<readonly IssuedKey[]>;
}
