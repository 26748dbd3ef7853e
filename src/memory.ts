import v8 from 'node:v8'

/**
 * Makes the garbage collector run earlier, for commands that stream. A drain makes little garbage on V8's heap but
 * much outside of it (socket chunks, replies), which V8 counts lazily: the worker of a long queue grew to 160 MB,
 * that of a short one to 110. With these two flags it is 115 and 106 MB, without more CPU time (600,000 and 50,000
 * records). Reading 1,000,000 dead letters took 171 MB without them.
 */
export function keepMemoryFlat(): void {
  v8.setFlagsFromString('--semi-space-growth-factor=1')
  v8.setFlagsFromString('--heap-growing-percent=50')
}
