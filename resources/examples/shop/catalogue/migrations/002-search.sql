ALTER TABLE products ADD COLUMN words tsvector
  GENERATED ALWAYS AS (to_tsvector('english', name || ' ' || category || ' ' || maker || ' ' || description)) STORED;
CREATE INDEX products_by_words ON products USING gin (words);
