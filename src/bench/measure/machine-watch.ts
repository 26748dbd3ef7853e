import {cpus} from 'node:os'

/** Measures how much of this machine is in use, by any program. */
export class MachineWatch {
  readonly #before = times()

  /** @returns share of all cores in use since construction, 0 to 1; 0 if no time has passed */
  stop(): {busy: number} {
    const {all, idle} = times()
    const passed = all - this.#before.all
    return {busy: passed > 0 ? 1 - (idle - this.#before.idle) / passed : 0}
  }
}

function times(): {all: number; idle: number} {
  const sums = {all: 0, idle: 0}
  for (const {times} of cpus()) {
    sums.all += times.user + times.nice + times.sys + times.idle + times.irq
    sums.idle += times.idle
  }
  return sums
}
