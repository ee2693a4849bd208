/** The name as it stands in an address: `Lantern No. 4` → `lantern-no-4`. */
export function slugOf(name) {
  return name
    .normalize('NFKD')
    .replace(/\p{Mark}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
}

/** Reads the seed file: name, category, maker, price in cents and description, parted by tabs. */
export function parseProducts(text) {
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line, index) => {
      const fields = line.split('\t');
      const [name, category, maker, price, description] = fields;
      if (fields.length !== 5 || !/^[1-9]\d*$/.test(price)) throw new Error(`products.tsv, line ${index + 1}: five fields with a price in cents are needed`);
      return { slug: slugOf(name), name, category, maker, priceCents: Number(price), description };
    });
}

/** What the list was asked for, with sane limits. */
export function readQuery(parameters) {
  const text = (name) => parameters.get(name)?.trim().slice(0, 100) || undefined;
  const number = (name, fallback, most) => {
    const value = Number.parseInt(parameters.get(name) ?? '', 10);
    return Number.isInteger(value) && value > 0 ? Math.min(value, most) : fallback;
  };
  return { search: text('search'), category: text('category'), page: number('page', 1, 1_000), size: number('size', 12, 60) };
}
