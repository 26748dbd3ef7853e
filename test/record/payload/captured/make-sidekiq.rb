# Prints jobs as Sidekiq writes them into Redis. Usage: ruby make-sidekiq.rb REDIS_URL (an empty database)
require 'base64'
require 'json'
require 'redis'
require 'sidekiq'

Sidekiq.configure_client { |config| config.redis = { url: ARGV[0] } }

class SavePoint
  include Sidekiq::Worker
  sidekiq_options queue: 'captured'
end

client = Redis.new(url: ARGV[0])
taken = []
send = lambda do |name, *args|
  SavePoint.perform_async(*args)
  taken << { name: name, item: Base64.strict_encode64(client.rpop('queue:captured')) }
end

send.call('object', { 'big' => 9_007_199_254_740_993, 'half' => 1.5, 'text' => "é\u2028", 'none' => nil })
send.call('list of objects', [{ 'n' => 1 }, { 'n' => 2 }])
send.call('scalar beside the object', 5, { 'n' => 1 })
send.call('two objects', { 'n' => 1 }, { 'n' => 2 })
send.call('only scalars', 1, 'two')
send.call('nothing')
puts JSON.pretty_generate(taken)
