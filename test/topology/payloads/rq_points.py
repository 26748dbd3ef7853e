"""Jobs of RQ: `enqueue COUNT` makes them, and `work COUNT` runs at most so many of them. Some are bad for qtool."""
import os
import sys

import redis
from rq import Queue, SimpleWorker

client = redis.Redis.from_url(os.environ['BROKER'])


class Point:
    def __init__(self, n):
        self.n = n


def save(*args, **kwargs):
    n = kwargs['n'] if 'n' in kwargs else args[0].n if hasattr(args[0], 'n') else args[0]['n']
    client.rpush(os.environ['SEEN'], str(n).lstrip('#'))


def job(n):
    kind = n % 100
    if kind == 0:
        return Queue.prepare_data('rq_points.save', args=[Point(n)])
    if kind == 1:
        return Queue.prepare_data('rq_points.save', args=[{'n': n}, {'m': n}])
    if kind == 2:
        return Queue.prepare_data('rq_points.save', kwargs={'n': f'#{n}'})
    return Queue.prepare_data('rq_points.save', kwargs={'n': n, 'text': '\u00e9'})


if __name__ == '__main__':
    queue = Queue(os.environ['QUEUE'], connection=client)
    count = int(sys.argv[2])
    if sys.argv[1] == 'enqueue':
        for first in range(0, count, 500):
            queue.enqueue_many([job(n) for n in range(first, min(first + 500, count))])
    else:
        SimpleWorker([queue], connection=client).work(burst=True, max_jobs=count, logging_level='ERROR')
