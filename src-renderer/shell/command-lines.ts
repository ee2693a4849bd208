/** The exact command line that does the same as a button. */
export function commandLine(words: readonly (string | undefined)[], directory?: string): string {
  const project = directory === undefined ? [] : ['-C', directory];
  return ['backlot', ...project, ...words].filter((word) => word !== undefined).map(quoted).join(' ');
}

function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

/** The line as it is shown where the project is known: without the flag that names its folder. */
export function withoutFolder(line: string): string {
  return line.replace(/^backlot -C ('[^']*'|\S+) /, 'backlot ');
}
