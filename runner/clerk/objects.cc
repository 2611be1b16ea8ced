#include "clerk/objects.h"

#include <nlohmann/json.hpp>

namespace rung::clerk {
namespace {

using Json = nlohmann::ordered_json;

Json Parse(const std::string& body) {
  Json json = Json::parse(body, nullptr, false);
  if (json.is_discarded()) throw BadAnswer("the answer is no JSON");
  return json;
}

std::string TextIn(const Json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

const Json* ObjectIn(const Json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_object() ? &*found : nullptr;
}

std::string NameOf(const Json& object) {
  if (std::string name = TextIn(object, "name"); !name.empty()) return name;
  const auto addresses = object.find("email_addresses");
  if (addresses == object.end() || !addresses->is_array() || addresses->empty()) return "";
  return addresses->front().is_object() ? TextIn(addresses->front(), "email_address") : "";
}

Object Read(const Json& json) {
  if (!json.is_object()) throw BadAnswer("the answer lists something that is no object");
  Object object{.id = TextIn(json, "id"),
                .name = NameOf(json),
                .organization = {},
                .user = std::nullopt,
                // What is not UTF-8 is replaced: Clerk's own answers are.
                .json = json.dump(-1, ' ', false, Json::error_handler_t::replace)};
  if (object.id.empty()) throw BadAnswer("the answer lists an object without an id");
  if (const Json* organization = ObjectIn(json, "organization")) {
    object.organization = TextIn(*organization, "id");
  }
  if (const Json* user = ObjectIn(json, "public_user_data")) {
    if (std::string id = TextIn(*user, "user_id"); !id.empty()) object.user = id;
  }
  return object;
}

}  // namespace

Instance ParseInstance(const std::string& body) {
  const Json json = Parse(body);
  if (!json.is_object()) throw BadAnswer("the answer is no instance");
  Instance instance{TextIn(json, "id"), TextIn(json, "environment_type")};
  if (instance.id.empty() || instance.environment.empty()) {
    throw BadAnswer("the answer does not name the instance and its environment");
  }
  return instance;
}

Page ParsePage(const std::string& body) {
  const Json json = Parse(body);
  Page page;
  const Json* list = &json;
  if (json.is_object()) {
    const auto data = json.find("data");
    if (data == json.end()) throw BadAnswer("the answer has no list");
    list = &*data;
    const auto total = json.find("total_count");
    if (total != json.end() && total->is_number_integer()) page.total = total->get<int64_t>();
  }
  if (!list->is_array()) throw BadAnswer("the answer has no list");
  for (const Json& object : *list) page.objects.push_back(Read(object));
  return page;
}

bool SaysDeleted(const std::string& body) {
  const Json json = Json::parse(body, nullptr, false);
  if (!json.is_object()) return false;
  const auto deleted = json.find("deleted");
  return deleted != json.end() && deleted->is_boolean() && deleted->get<bool>();
}

}  // namespace rung::clerk
