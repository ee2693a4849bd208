/** Everything that could do more than be read: controls except tab, and marks that turn the direction of text. */
const SUSPECT = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\ufeff]/;

const SEQUENCES = [
  // OSC, DCS, SOS, PM, APC: to their end, or to the end of the text where none comes.
  /(?:\u001b[\]PX^_]|[\u009d\u0090\u0098\u009e\u009f])[^\u0007\u001b\u009c]*(?:\u0007|\u001b\\|\u009c|$)/g,
  // CSI other than SGR.
  /(?:\u001b\[|\u009b)(?![\d;:]*m)[\u0020-\u003f]*[\u0040-\u007e]?/g,
  // Other escapes of two or three characters.
  /\u001b(?!\[)[\u0020-\u002f]*[\u0030-\u007e]?/g,
] as const;

const SGR = /(?:\u001b\[|\u009b)[\d;:]*m/g;
const CONTROLS = /[\u0000-\u0008\u000b-\u001a\u001c-\u001f\u007f-\u009f]/g;
const LONE_ESCAPE = /\u001b(?!\[[\d;:]*m)/g;
const DIRECTION = /[\u202a-\u202e\u2066-\u2069\ufeff]/g;
const RESET = '\u001b[0m';

/** One line of text from a container or another stranger, fit for a person's terminal: colours at most, and they end with the line. */
export function forTerminal(line: string, colour: boolean): string {
  if (!SUSPECT.test(line)) return line;
  let text = lastRedraw(line);
  for (const sequence of SEQUENCES) text = text.replace(sequence, '');
  text = text.replace(DIRECTION, (mark) => `<U+${mark.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}>`);
  if (!colour) return text.replace(SGR, '').replace(CONTROLS, '').replaceAll('\u001b', '');
  text = text.replace(LONE_ESCAPE, '').replace(CONTROLS, '');
  return text.includes('\u001b') ? text + RESET : text;
}

/** A program that draws its progress over itself with carriage returns shows what a terminal would show last. */
function lastRedraw(line: string): string {
  const trimmed = line.replace(/\r+$/, '');
  return trimmed.slice(trimmed.lastIndexOf('\r') + 1);
}

/** Text of several lines with every line made fit; also that of errors, which may quote a container's last words. */
export function linesForTerminal(text: string, colour: boolean): string {
  return text.split('\n').map((line) => forTerminal(line, colour)).join('\n');
}

/** Takes the power from lines that a build server would obey, such as `::add-mask::` or `##vso[`. */
export function withoutWorkflowCommands(text: string): string {
  if (!text.includes('::') && !text.includes('##')) return text;
  return text.replace(/^(\s*):(?=:)/gm, '$1: ').replace(/##(?=\[|vso\[)/g, '# #');
}

/** The same for JSON, where the value must stay what it is. */
export function jsonWithoutWorkflowCommands(json: string): string {
  return json.includes('##') ? json.replace(/##(?=\[|vso\[)/g, '\\u0023#') : json;
}
