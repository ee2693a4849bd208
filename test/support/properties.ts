import fc from 'fast-check';

/** The same cases in every run, so that a change's tests fail by the change; FC_SEED=N looks at others. */
fc.configureGlobal({ seed: Number(process.env['FC_SEED'] ?? 1) });

export default fc;
