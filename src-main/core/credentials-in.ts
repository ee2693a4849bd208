/** What stands before the @ of an address, decoded; nothing where there is none, or the text is no address. */
export function credentialsIn(text: string): { readonly username: string; readonly password: string } | undefined {
  if (!URL.canParse(text)) return undefined;
  const { username, password } = new URL(text);
  return username === '' && password === '' ? undefined : { username: decoded(username), password: decoded(password) };
}

/** The address without them; any other text as it is. */
export function withoutCredentials(text: string): string {
  if (!credentialsIn(text)) return text;
  const place = new URL(text);
  place.username = '';
  place.password = '';
  return place.href;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
