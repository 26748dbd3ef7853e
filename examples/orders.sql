-- A table for orders.ndjson and orders.csv
CREATE TABLE orders (
  id uuid PRIMARY KEY,
  customer text NOT NULL,
  placed_at timestamptz NOT NULL,
  amount numeric(10, 2) NOT NULL CHECK (amount > 0),
  item text NOT NULL,
  quantity integer NOT NULL DEFAULT 1
);
