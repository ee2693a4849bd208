const COLUMNS = 'slug, name, category, maker, price_cents AS "priceCents", description';

/** The products as they stand in the database. */
export function createCatalogue(database) {
  return {
    async list({ search, category, page, size }) {
      const where = `($1::text IS NULL OR words @@ websearch_to_tsquery('english', $1) OR name ILIKE '%' || $1 || '%')
        AND ($2::text IS NULL OR category = $2)`;
      const found = await database.query(
        `SELECT ${COLUMNS}, count(*) OVER ()::integer AS total FROM products WHERE ${where} ORDER BY id LIMIT $3 OFFSET $4`,
        [search ?? null, category ?? null, size, (page - 1) * size],
      );
      const total = found.rows[0]?.total ?? 0;
      return { products: found.rows.map(({ total: _, ...product }) => product), total, page, pages: Math.max(1, Math.ceil(total / size)) };
    },
    async find(slug) {
      const { rows } = await database.query(`SELECT ${COLUMNS} FROM products WHERE slug = $1`, [slug]);
      return rows[0];
    },
    async categories() {
      const { rows } = await database.query('SELECT category AS name, count(*)::integer AS products FROM products GROUP BY category ORDER BY category');
      return { categories: rows };
    },
    async check() {
      await database.query('SELECT 1');
    },
  };
}
