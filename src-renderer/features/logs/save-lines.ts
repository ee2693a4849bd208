import { saveFile } from '../../ui/save-file.ts';
import { exportLine, type ExportForm } from './export-lines.ts';
import type { LogModel } from './log-model.ts';

const LINES_A_PART = 5000;

/** Hands the lines that are shown to the browser as a file. */
export async function saveLines(model: LogModel, name: string, form: ExportForm): Promise<void> {
  const parts: string[] = [];
  const positions = Array.from({ length: model.visible.count }, (_, index) => model.visible.at(index) ?? -1);
  for (let from = 0; from < positions.length; from += LINES_A_PART) {
    const entries = positions.slice(from, from + LINES_A_PART).map((position) => model.ring.at(position));
    parts.push(entries.map((entry) => (entry ? exportLine(entry, form) : '')).join(''));
    await new Promise((resolve) => setTimeout(resolve));
  }
  if (form === 'text') saveFile(`${name}.log`, parts, 'text/plain');
  else saveFile(`${name}.ndjson`, parts, 'application/x-ndjson');
}
