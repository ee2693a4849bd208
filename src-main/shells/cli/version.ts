import manifest from '../../../package.json' with { type: 'json' };

/** Backlot's own version. */
export const VERSION: string = manifest.version;
