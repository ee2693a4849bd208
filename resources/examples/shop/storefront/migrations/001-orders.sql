CREATE TABLE orders (
  id          uuid PRIMARY KEY,
  product     text NOT NULL,
  name        text NOT NULL,
  quantity    integer NOT NULL CHECK (quantity BETWEEN 1 AND 20),
  total_cents integer NOT NULL CHECK (total_cents > 0),
  customer    text NOT NULL,
  email       text NOT NULL,
  placed_at   timestamptz NOT NULL,
  booked_at   timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX orders_by_time ON orders (placed_at DESC);
