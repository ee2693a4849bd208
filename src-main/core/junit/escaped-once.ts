const ENTITIES: Readonly<Record<string, string>> = { '&quot;': '"', '&apos;': "'", '&lt;': '<', '&gt;': '>', '&#10;': '\n' };

/**
 * An attribute's text as it was before its producer escaped it twice, as node's own reporter does: it has the entity of a quotation mark and no
 * quotation mark, which no text about quotation marks has. An entity stays whose character is there beside it. Pure.
 */
export function escapedOnce(text: string): string {
  if (!text.includes('&quot;') || text.includes('"')) return text;
  return Object.entries(ENTITIES).reduce((so, [entity, character]) => (text.includes(character) ? so : so.replaceAll(entity, character)), text);
}
