// AssemblyScript: the look by a filter of grams (filter-kernel.ts), in memory that several threads may share.
export { addGrams, lookCloser, markGrams, noteSeen } from './filter';
export { foundShort, lookAt, lookAtAll, lookAtBoth, samplePlaces } from './gram';
