// AssemblyScript: the inner loops of the search for originals. `npx vitest run -u test/core/search/kernel.test.ts` makes kernel-code.ts of it, and of look.as.
// All addresses are given by who calls (index-kernel.ts, scan-kernel.ts and others).
export { countGrams, openBuckets, placeGrams, sumBuckets, triedGrams, tryEntries } from './index';
export { addDigits, addStoredForms, formBytes, formCount, noteForm, openForms } from './forms';
export { foundShort, lookAt, lookAtAll, lookAtBoth, samplePlaces } from './gram';
export { chooseAnchors, countPlaces } from './anchors';
export { addOriginals, openSet, originalsIn, takeUp, tooShort, usedBytes } from './gather';
export { classify, escapeGroups, hexRuns, numberRuns, utf16Runs, wordRuns } from './scan';
