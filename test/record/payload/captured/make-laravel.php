<?php
// Prints jobs as Laravel writes them into Redis. Usage: php make-laravel.php HOST PORT DATABASE (an empty one)
foreach (['Support', 'Container', 'Contracts', 'Queue', 'Redis', 'Bus'] as $part) {
    $file = "/usr/share/php/Illuminate/$part/autoload.php";
    if (file_exists($file)) require_once $file;
}

class Point
{
    public $lat = 1.5;
}

class SavePoint implements Illuminate\Contracts\Queue\ShouldQueue
{
    public $lat;
    protected $device = "\u{e9}";
    private $big = PHP_INT_MAX;
    public $tags = ['a', 'b'];
    public $map = ['x' => 1, 'y' => null, 7 => true];
    public $empty = [];
    public $connection;
    public $queue;
    public $delay;
    public $chained = [];
    public $middleware = [];
    public $rest;

    public function __construct($lat, $rest = null)
    {
        $this->lat = $lat;
        $this->rest = $rest;
    }
}

[, $host, $port, $database] = $argv;
$container = new Illuminate\Container\Container;
Illuminate\Container\Container::setInstance($container);
$settings = ['default' => ['host' => $host, 'port' => (int) $port, 'database' => (int) $database], 'options' => []];
$manager = new Illuminate\Redis\RedisManager($container, 'phpredis', $settings);
$queue = new Illuminate\Queue\RedisQueue($manager, 'captured');
$queue->setContainer($container);
$client = new Redis;
$client->connect($host, (int) $port);
$client->select((int) $database);
$taken = [];
$take = function ($name) use ($client, &$taken) {
    $taken[] = ['name' => $name, 'item' => base64_encode($client->lPop('queues:captured'))];
};
$push = function ($name, $job, $data = '') use ($queue, $take) {
    $queue->push($job, $data);
    $take($name);
};

$push('command', new SavePoint(1.1));
$push('command with an object', new SavePoint(1.1, new Point));
$push('command with infinity', new SavePoint(INF));
$push('command with large numbers', new SavePoint(1.0E+25, -0.1));
$chained = new SavePoint(1);
$chained->chained = [serialize(new SavePoint(2))];
$push('chained command', $chained);
$point = new Point;
$push('command with a reference', new SavePoint([&$point->lat, &$point->lat]));
$push('named job', 'SavePoint@handle', ['lat' => 1.5, 'device' => "\u{e9}"]);
$push('named job with a list', 'SavePoint@handle', [['n' => 1], ['n' => 2]]);
$push('named job with a text', 'SavePoint@handle', 'text');
$queue->pushRaw('{"lat":2.50}');
$take('raw');
echo json_encode($taken, JSON_PRETTY_PRINT), "\n";
