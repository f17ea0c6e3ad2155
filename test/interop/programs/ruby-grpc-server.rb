# Starts the official interop server of Ruby on a free port. Usage: ruby-grpc-server.rb plain|tls; prints `port N`.
carrier, = ARGV
spec = Gem::Specification.find_by_name('grpc')
$LOAD_PATH.unshift(File.join(spec.gem_dir, 'src/ruby/lib'))
require 'grpc'

# The server says nowhere which port it was given.
module SaysItsPort
  def add_http2_port(_host, creds)
    port = super('127.0.0.1:0', creds)
    puts "port #{port}"
    $stdout.flush
    port
  end
end
GRPC::RpcServer.prepend(SaysItsPort)

ARGV.replace(['--port', '0', '--use_tls', (carrier == 'tls').to_s])
# Calls that fail are what it is called for.
STDERR.reopen(File::NULL) unless ENV['GRPC_VERBOSITY']
load File.join(spec.gem_dir, 'src/ruby/pb/test/server.rb')
