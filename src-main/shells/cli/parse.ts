import { nearest } from '#core/nearest.ts';
import { checkGiven } from './check-given.ts';
import { subVerbs, type Command, type Given, type Option } from './command.ts';
import { GLOBAL_OPTIONS, readGlobals, type Globals } from './globals.ts';
import { parseValue } from './parse-value.ts';
import { quote, UsageError } from './usage.ts';

export type Parsed =
  /** Of one verb, of those of two words that begin with `family`, or of all. */
  | { readonly kind: 'help'; readonly command?: Command; readonly family?: string }
  | { readonly kind: 'version' }
  | { readonly kind: 'run'; readonly command: Command; readonly given: Given; readonly globals: Globals };

/** Reads a command line by the table. Throws `UsageError`, with the nearest known word where one is close. */
export function parse(words: readonly string[], commands: readonly Command[]): Parsed {
  const reader = new Reader(words, commands);
  while (reader.more) reader.readNext();
  return reader.result();
}

class Reader {
  private readonly words: string[];
  private readonly commands: readonly Command[];
  private readonly hasSeparator: boolean;
  private command: Command | undefined;
  /** The first word of verbs of two words. */
  private family = '';
  private askedHelp = false;
  private askedVersion = false;
  private readonly operands: string[] = [];
  private readonly options = new Map<string, string | number | true>();
  private rest: string[] = [];

  constructor(words: readonly string[], commands: readonly Command[]) {
    this.words = [...words];
    this.commands = commands;
    this.hasSeparator = words.includes('--');
  }

  get more(): boolean {
    return this.words.length > 0;
  }

  readNext(): void {
    const word = this.words.shift() ?? '';
    if (word === '--') this.takeRest();
    else if (word.startsWith('--')) this.readLong(word.slice(2));
    else if (word.startsWith('-') && word.length > 1) this.readShort(word.slice(1));
    else if (this.command) this.readOperand(this.command, word);
    else this.readVerb(word);
  }

  result(): Parsed {
    const { command } = this;
    if (this.askedHelp) return { kind: 'help', ...(command && { command }), ...(this.family && !command && { family: this.family.trim() }) };
    if (this.askedVersion) return { kind: 'version' };
    if (!command) {
      if (this.family) throw this.unfinishedVerb();
      if (this.options.size === 0 && this.rest.length === 0) return { kind: 'help' };
      throw new UsageError('A verb is missing', 'See what there is: backlot --help');
    }
    const given = { operands: this.operands, options: this.options, command: this.rest };
    checkGiven(command, given, subVerbs(this.commands, command.word).map(({ word }) => word.slice(command.word.length + 1)));
    return { kind: 'run', command, given, globals: readGlobals(this.options) };
  }

  private takeRest(): void {
    const rest = this.words.splice(0);
    if (this.command?.takesCommand) this.rest = rest;
    else if (this.command) this.operands.push(...rest);
    else this.rest = rest;
  }

  private readVerb(word: string): void {
    if (word === 'help') {
      this.askedHelp = true;
      return;
    }
    const verb = `${this.family}${word}`;
    this.command = this.find(verb);
    if (this.command) return;
    if (subVerbs(this.commands, verb).length > 0) this.family = `${verb} `;
    else throw this.unknownVerb(verb);
  }

  private find(verb: string): Command | undefined {
    return this.commands.find((command) => command.word === verb);
  }

  private unfinishedVerb(): UsageError {
    const verbs = subVerbs(this.commands, this.family.trim()).map((command) => command.word);
    return new UsageError(`${this.family}needs a further word`, `Write one of: ${verbs.map((verb) => `backlot ${verb}`).join(', ')}`);
  }

  private unknownVerb(verb: string): UsageError {
    const close = nearest(verb, this.commands.filter((command) => !command.hidden).map((command) => command.word));
    return new UsageError(`There is no verb ${quote(verb)}`, close ? `Did you mean: backlot ${close}` : 'See what there is: backlot --help');
  }

  /** Without `--`, a command to run elsewhere begins after the operands, and its own options are left alone. */
  private readOperand(command: Command, word: string): void {
    const longer = this.operands.length === 0 ? this.find(`${command.word} ${word}`) : undefined;
    const begins = command.takesCommand && !this.hasSeparator && this.operands.length >= command.operands.length;
    if (longer) this.command = longer;
    else if (begins) this.rest = [word, ...this.words.splice(0)];
    else this.operands.push(word);
  }

  private readLong(word: string): void {
    const [name = '', ...value] = word.split('=');
    if (name === 'version' && !this.command) {
      this.askedVersion = true;
      return;
    }
    const option = this.known().find((candidate) => candidate.name === name);
    if (!option) throw this.unknownOption(`--${name}`);
    this.readOption(option, `--${name}`, value.length > 0 ? value.join('=') : undefined);
  }

  private readShort(letters: string): void {
    const [letter = '', ...others] = letters;
    const option = this.known().find((candidate) => candidate.short === letter);
    if (!option) throw this.unknownOption(`-${letter}`);
    const rest = others.join('');
    if (option.value) return this.readOption(option, `-${letter}`, rest === '' ? undefined : rest);
    this.readOption(option, `-${letter}`, undefined);
    if (rest !== '') this.readShort(rest);
  }

  private readOption(option: Option, spelled: string, attached: string | undefined): void {
    if (option.name === 'help') {
      this.askedHelp = true;
      return;
    }
    if (!option.value) {
      if (attached !== undefined) throw new UsageError(`${spelled} takes no value`, `Write it as ${spelled} alone`);
      this.options.set(option.name, true);
      return;
    }
    const value = attached ?? this.nextValue();
    if (value === undefined) throw new UsageError(`${spelled} needs a value`, `Write it as ${spelled} ${option.value.label}`);
    this.options.set(option.name, parseValue(spelled, value, option.value));
  }

  private nextValue(): string | undefined {
    const [next] = this.words;
    if (next === undefined || /^-[^\d]/.test(next)) return undefined;
    return this.words.shift();
  }

  private known(): readonly Option[] {
    return [...(this.command?.options ?? []), ...GLOBAL_OPTIONS];
  }

  private unknownOption(spelled: string): UsageError {
    const close = spelled.startsWith('--') ? nearest(spelled.slice(2), this.known().map((option) => option.name)) : undefined;
    const verb = this.command ? `${this.command.word} ` : '';
    const later = this.command ? undefined : this.commands.find((command) => command.options.some((option) => spelled === `--${option.name}` || spelled === `-${option.short}`));
    if (later) return new UsageError(`${spelled} does not stand before the verb`, `Write it after: backlot ${later.word} ${spelled}`);
    return new UsageError(`There is no option ${quote(spelled)}`, close ? `Did you mean: --${close}` : `See what there is: backlot ${verb}--help`);
  }
}
