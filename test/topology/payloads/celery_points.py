"""Jobs of Celery: `enqueue COUNT` makes them, and `celery -A celery_points worker` runs them. Every 100th of some kinds is bad for qtool."""
import os
import sys

import redis
from celery import Celery

BROKER = os.environ['BROKER']
app = Celery('points', broker=BROKER)
app.conf.update(
    task_default_queue=os.environ['QUEUE'],
    accept_content=['json', 'pickle'],
    worker_hijack_root_logger=False,
)
client = redis.Redis.from_url(BROKER)


@app.task(name='points.save', ignore_result=True)
def save(*args, **kwargs):
    n = kwargs['n'] if 'n' in kwargs else args[0]['n']
    client.rpush(os.environ['SEEN'], str(n).lstrip('#'))


def enqueue(count):
    with app.producer_pool.acquire(block=True) as producer:
        for n in range(count):
            kind = n % 100
            if kind == 0:
                save.apply_async(kwargs={'n': n}, serializer='pickle', producer=producer)
            elif kind == 1:
                save.apply_async(args=[{'n': n}, {'m': n}], producer=producer)
            elif kind == 2:
                save.apply_async(kwargs={'n': f'#{n}'}, producer=producer)
            elif kind == 3:
                save.apply_async(args=[{'n': n, 'text': '\u00e9'}], compression='zlib', producer=producer)
            else:
                save.apply_async(kwargs={'n': n, 'text': 'x'}, producer=producer)


if __name__ == '__main__':
    enqueue(int(sys.argv[2]))
