/**
 * A place in documents: names from the outside in, parted by dots as in the server's own language. Steps through arrays have no name.
 * A dot that is part of a name, and a bracket that one begins with, has a backslash before it.
 */
export class Path {
  readonly text: string;
  private readonly children = new Map<string, Path>();

  constructor(text = '') {
    this.text = text;
  }

  /** The place below; names are texts of bytes. */
  child(name: string): Path {
    let child = this.children.get(name);
    if (!child) {
      const own = Buffer.from(name, 'latin1').toString('utf8').replace(/[\\.]|^\(/g, String.raw`\$&`);
      child = new Path(this.text === '' ? own : `${this.text}.${own}`);
      this.children.set(name, child);
    }
    return child;
  }
}
