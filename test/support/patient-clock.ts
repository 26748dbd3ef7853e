/**
 * Options of Node with which time passes a hundred times slower for a program: what it gives a tenth of a second must not
 * be over on a busy machine.
 */
export const PATIENT_CLOCK = `--import data:text/javascript,${encodeURIComponent(`
const {setTimeout: set} = globalThis
globalThis.setTimeout = (act, ms, ...rest) => set(act, ms * 100, ...rest)
const now = performance.now.bind(performance)
performance.now = () => now() / 100`)}`
