const LONGEST = 2048;

/** The address that a program's link leads to, where it is one that may be opened: http or https, without a hidden login. */
export function externalLink(text: string): URL | undefined {
  if (text.length > LONGEST || !URL.canParse(text)) return undefined;
  const url = new URL(text);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return undefined;
  return url.username === '' && url.password === '' ? url : undefined;
}

/** Opens an address outside of the page. The new page learns nothing of this one. */
export function openExternally(url: URL): void {
  window.open(url.href, '_blank', 'noopener,noreferrer');
}
