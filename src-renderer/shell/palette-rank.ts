type Ranked = { readonly label: string; readonly group: string; readonly command?: string };

/** The entries that contain every typed word, those that begin with what was typed first, groups kept together. */
export function rank<Entry extends Ranked>(entries: readonly Entry[], text: string): readonly Entry[] {
  const wanted = text.trim().toLowerCase();
  const words = wanted.split(/\s+/).filter(Boolean);
  const scored = entries.flatMap((entry, place) => {
    const label = entry.label.toLowerCase();
    const all = `${label} ${entry.group} ${entry.command ?? ''}`.toLowerCase();
    if (!words.every((word) => all.includes(word))) return [];
    const score = label.startsWith(wanted) ? 0 : words.every((word) => label.includes(word)) ? 1 : 2;
    return [{ entry, score, place }];
  });
  if (words.length > 0) scored.sort((one, other) => one.score - other.score || one.place - other.place);
  const groups = [...new Set(scored.map(({ entry }) => entry.group))];
  return groups.flatMap((group) => scored.filter(({ entry }) => entry.group === group).map(({ entry }) => entry));
}
