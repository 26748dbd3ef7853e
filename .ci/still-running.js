// A reporter of vitest: names the test files that are running whenever none has begun or ended for two minutes.

const QUIET_MS = 120_000

export default class StillRunning {
  #running = new Set()
  #timer

  onTestModuleStart(module) {
    this.#running.add(module.moduleId)
    this.#wait()
  }

  onTestModuleEnd(module) {
    this.#running.delete(module.moduleId)
    this.#wait()
  }

  onTestRunEnd() {
    clearInterval(this.#timer)
  }

  #wait() {
    clearInterval(this.#timer)
    this.#timer = setInterval(() => {
      process.stderr.write(`still running: ${[...this.#running].join(' ') || 'no test file'}\n`)
    }, QUIET_MS)
    this.#timer.unref()
  }
}
