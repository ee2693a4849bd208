CREATE TABLE products (
  id          integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  slug        text NOT NULL UNIQUE,
  name        text NOT NULL,
  category    text NOT NULL,
  maker       text NOT NULL,
  price_cents integer NOT NULL CHECK (price_cents > 0),
  description text NOT NULL,
  added_at    timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX products_by_category ON products (category, name);
