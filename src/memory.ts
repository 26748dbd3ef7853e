import v8 from 'node:v8'

/**
 * Makes the garbage collector run earlier, for commands that stream. A drain makes little garbage on V8's heap but
 * much outside of it (socket chunks, replies), which V8 counts lazily: the worker of a long queue grew to 160 MB,
 * that of a short one to 110. With these two flags it takes 135 MB for 500,000 and for 2,000,000 records, and 109 for
 * 50,000. Growth by 50 % before a collection takes the same memory and 8 % more CPU of the worker.
 */
export function keepMemoryFlat(): void {
  v8.setFlagsFromString('--semi-space-growth-factor=1')
  v8.setFlagsFromString('--heap-growing-percent=100')
}
