#include "cli/log.h"

#include <boost/log/core.hpp>
#include <boost/log/expressions.hpp>
#include <boost/log/sinks/basic_sink_backend.hpp>
#include <boost/log/sinks/sync_frontend.hpp>
#include <boost/log/sources/record_ostream.hpp>
#include <boost/log/sources/severity_logger.hpp>
#include <boost/log/support/date_time.hpp>
#include <boost/log/utility/setup/common_attributes.hpp>
#include <boost/smart_ptr/make_shared_object.hpp>

#include "cli/event_text.h"

namespace rung::cli {
namespace {

namespace blog = boost::log;
namespace expr = boost::log::expressions;
using Level = core::Notice::Level;

Level LeastLevel(Verbosity verbosity) {
  switch (verbosity) {
    case Verbosity::kQuiet:
      return Level::kWarning;
    case Verbosity::kNormal:
      return Level::kInfo;
    case Verbosity::kVerbose:
      return Level::kDetail;
  }
  return Level::kInfo;
}

}  // namespace

class Log::Backend
    : public blog::sinks::basic_formatted_sink_backend<char, blog::sinks::synchronized_feeding> {
 public:
  explicit Backend(Console& console) : console_(console) {}

  void consume(const blog::record_view&, const string_type& line) { console_.WriteLine(line); }

 private:
  Console& console_;
};

Log::Log(Console& console, LogFormat format, Verbosity verbosity) {
  auto sink = boost::make_shared<blog::sinks::synchronous_sink<Backend>>(
      boost::make_shared<Backend>(console));
  if (format == LogFormat::kJson) {
    // The message is an object already; the time becomes its first member.
    sink->set_formatter(expr::stream << "{\"time\":\""
                                     << expr::format_date_time<boost::posix_time::ptime>(
                                            "TimeStamp", "%Y-%m-%dT%H:%M:%S.%fZ")
                                     << "\"," << expr::smessage);
  } else {
    sink->set_formatter(expr::stream << expr::smessage);
  }
  const Level least = LeastLevel(verbosity);
  blog::core::get()->add_global_attribute("TimeStamp", blog::attributes::utc_clock());
  blog::core::get()->set_filter([least](const blog::attribute_value_set& values) {
    const auto level = values["Severity"].extract<Level>();
    return level && *level >= least;
  });
  as_json_ = format == LogFormat::kJson;
  blog::core::get()->add_sink(sink);
}

Log::~Log() { blog::core::get()->remove_all_sinks(); }

void Log::Emit(const core::Event& event) noexcept {
  try {
    blog::sources::severity_logger<Level> logger;
    BOOST_LOG_SEV(logger, LevelOf(event))
        << (as_json_ ? JsonOf(event).dump().substr(1) : TextOf(event));
  } catch (const std::exception&) {  // what cannot be told must not end what is being told about
  }
}

}  // namespace rung::cli
