export type Verdict = 'open' | 'ask' | 'refuse';

/** What to do with an address that the page wants opened outside: the user's own machine at once, the web after a look, the rest never. */
export function judgeAddress(address: string): Verdict {
  let url: URL;
  try {
    url = new URL(address);
  } catch {
    return 'refuse';
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return 'refuse';
  if (url.username !== '' || url.password !== '') return 'refuse';
  return ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname) || url.hostname.endsWith('.localhost') ? 'open' : 'ask';
}
