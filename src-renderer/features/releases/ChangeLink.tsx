import { externalLink } from '../terminals/external-link.ts';

/** Where a change can be looked at: a link where it is one of the web, else its words. */
export function ChangeLink({ link }: { readonly link: string }) {
  const url = externalLink(link);
  if (!url) return <code>{link}</code>;
  return (
    <a href={url.href} target="_blank" rel="noreferrer noopener" title={url.href}>
      its change
    </a>
  );
}
