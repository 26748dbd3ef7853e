import type {Found} from './check.ts'
import type {HostFacts} from './host.ts'
import {figure, type ToldRedis} from './redis/told.ts'
import {share, size} from './words.ts'

/** Clock sources that take a system call or worse for every reading. */
const SLOW_CLOCKS = ['xen', 'hpet', 'acpi_pm', 'jiffies', 'refined-jiffies']

/** Part of the machine that Redis takes, from which on the kernel may refuse to let it fork. */
const LARGE = 0.1

/** The settings of the kernel under a Redis that runs on this host; of another machine they are not known. */
export function judgeKernel(host: HostFacts, redis: ToldRedis): Found[] {
  if (!redis.isLocal) return []
  return [...judgeHugePages(host, redis), ...judgeOvercommit(host, redis), ...judgeClockSource(host)]
}

function judgeHugePages({hugePages}: HostFacts, {config}: ToldRedis): Found[] {
  // Redis 6.2 and newer turn them off for themselves, unless told otherwise
  if (hugePages !== 'always' || config === null || config['disable-thp'] === 'yes') return []
  return [
    {
      level: 'warning',
      what: 'transparent huge pages are always on',
      why: 'after each fork, Redis copies 2 MiB for every byte that changes: it stalls, and takes more memory',
      fix: 'echo madvise > /sys/kernel/mm/transparent_hugepage/enabled, as root and at each boot',
    },
  ]
}

function judgeOvercommit({overcommit, memoryBytes}: HostFacts, {info, forks}: ToldRedis): Found[] {
  const part = figure(info, 'used_memory') / memoryBytes
  if (overcommit === null || overcommit === 1 || !forks || (overcommit === 0 && part < LARGE)) return []
  return [
    {
      level: 'warning',
      what: `vm.overcommit_memory is ${overcommit}, and Redis takes ${size(figure(info, 'used_memory'))}, ${share(part)} of the machine`,
      why: 'the kernel may refuse to let Redis fork, and then it can neither save a snapshot nor rewrite its file',
      fix: 'sysctl vm.overcommit_memory=1, and the same in /etc/sysctl.conf',
    },
  ]
}

function judgeClockSource({clockSource}: HostFacts): Found[] {
  if (clockSource === null || !SLOW_CLOCKS.includes(clockSource)) return []
  return [
    {
      level: 'warning',
      what: `the clock source of the kernel is ${clockSource}`,
      why: 'Redis reads the clock for every command, and this one is slow to read',
      fix: 'echo tsc > /sys/devices/system/clocksource/clocksource0/current_clocksource, as root and at each boot',
    },
  ]
}
