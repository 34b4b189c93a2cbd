# A Ruby function over the Lambda Runtime API. The handler is `file.method` or `file.Class.method`, as on AWS.

require 'json'
require 'net/http'

API = '/2018-06-01/runtime'.freeze
ROOT = ENV.fetch('LAMBDA_TASK_ROOT')

# What a handler may ask about its event.
class LambdaContext
  attr_reader :aws_request_id, :invoked_function_arn, :log_group_name, :log_stream_name, :function_name,
              :memory_limit_in_mb, :function_version, :identity, :client_context, :deadline_ms

  def initialize(headers)
    @aws_request_id = headers['lambda-runtime-aws-request-id']
    @invoked_function_arn = headers['lambda-runtime-invoked-function-arn']
    @deadline_ms = headers['lambda-runtime-deadline-ms'].to_i
    @identity = json(headers['lambda-runtime-cognito-identity'])
    @client_context = json(headers['lambda-runtime-client-context'])
    @log_group_name = ENV['AWS_LAMBDA_LOG_GROUP_NAME']
    @log_stream_name = ENV['AWS_LAMBDA_LOG_STREAM_NAME']
    @function_name = ENV['AWS_LAMBDA_FUNCTION_NAME']
    @memory_limit_in_mb = ENV['AWS_LAMBDA_FUNCTION_MEMORY_SIZE']
    @function_version = ENV['AWS_LAMBDA_FUNCTION_VERSION']
  end

  def get_remaining_time_in_millis
    [0, deadline_ms - (Time.now.to_f * 1000).to_i].max
  end

  private

  def json(text)
    text && JSON.parse(text)
  end
end

def connection
  host, port = ENV.fetch('AWS_LAMBDA_RUNTIME_API').split(':')
  http = Net::HTTP.new(host, port.to_i, nil)
  http.read_timeout = nil
  http.start
end

def describe(error, type = "Function<#{error.class}>")
  { errorMessage: error.message, errorType: type, stackTrace: error.backtrace || [] }
end

def tell(http, path, error, type = "Function<#{error.class}>")
  warn("#{type}: #{error.message}\n#{(error.backtrace || []).join("\n")}")
  http.post("#{API}/#{path}", JSON.generate(describe(error, type)), 'Lambda-Runtime-Function-Error-Type' => type)
end

def load_handler(name)
  file, *names = name.split('.')
  require File.join(ROOT, file)
  *owners, method = names
  owner = owners.join('.').split('::').inject(Kernel) { |scope, part| scope.const_get(part) }
  owners.empty? ? self.method(method) : owner.method(method)
end

$stdout.sync = $stderr.sync = true
%w[ruby/lib].each { |path| $LOAD_PATH.unshift(File.join(ENV.fetch('AWAN_LAYERS', '/opt'), path)) }
$LOAD_PATH.unshift(ROOT)
http = connection
begin
  handler = load_handler(ENV.fetch('_HANDLER'))
rescue NameError => e
  tell(http, 'init/error', e, 'Init<NameError>')
  exit 1
rescue ScriptError, StandardError => e
  tell(http, 'init/error', e, "Init<#{e.class}>")
  exit 1
end

loop do
  answer = http.get("#{API}/invocation/next")
  id = answer['lambda-runtime-aws-request-id']
  ENV['_X_AMZN_TRACE_ID'] = answer['lambda-runtime-trace-id']
  begin
    result = handler.call(event: JSON.parse(answer.body), context: LambdaContext.new(answer))
    http.post("#{API}/invocation/#{id}/response", JSON.generate(result), 'Content-Type' => 'application/json')
  rescue StandardError, ScriptError => e
    tell(http, "invocation/#{id}/error", e)
  end
end
