import { config } from 'zod';

// The page's content policy forbids eval. Imported before every schema, so that zod does not even try.
config({ jitless: true });
