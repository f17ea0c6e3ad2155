# Runs cases of the official interop client of Ruby. Usage: ruby-grpc-client.rb PORT plain|tls CASE…; prints `ok CASE` for each.
port, carrier, *cases = ARGV.slice!(0..)
spec = Gem::Specification.find_by_name('grpc')
load File.join(spec.gem_dir, 'src/ruby/pb/test/client.rb')
RubyLogger::LOGGER.level = Logger::FATAL

cases.each do |name|
  ARGV.replace(%W[--server_host 127.0.0.1 --server_port #{port} --test_case #{name} --use_test_ca true])
  ARGV.push('--use_tls', (carrier == 'tls').to_s, '--server_host_override', 'foo.test.google.fr')
  args = parse_args
  NamedTests.new(create_stub(args), args).public_send(name)
  puts "ok #{name}"
rescue StandardError => e
  abort "#{name}: #{e.full_message}"
end
