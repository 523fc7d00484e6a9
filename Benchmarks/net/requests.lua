-- Requests for wrk, made before anything is timed: wrk … -s requests.lua URL -- KIND KEY COUNT
--
-- query: twins whose property `hours` has one of COUNT values. patch: one property of one of COUNT twins.
-- batch: 1,000 such changes as NDJSON.

local requests = {}
local at = 0

local function fields(key, kind)
  return { ["Authorization"] = "Bearer " .. key, ["Content-Type"] = kind, ["Host"] = "127.0.0.1" }
end

local function pump(count) return "pump-" .. (1000000 + math.random(0, count - 1)) end

local function temperature() return math.random(0, 9999) / 100 end

local kinds = {}

function kinds.query(key, count)
  local text = '{"query":"SELECT * FROM DIGITALTWINS T WHERE IS_OF_MODEL(T, \'dtmi:bench:Pump;1\') AND T.hours = %d"}'
  return wrk.format(
    "POST", "/query?api-version=2023-10-31", fields(key, "application/json"), text:format(math.random(0, count - 1)))
end

function kinds.patch(key, count)
  local text = '[{"op":"replace","path":"/temperature","value":%.2f}]'
  return wrk.format(
    "PATCH", "/digitaltwins/" .. pump(count) .. "?api-version=2023-10-31",
    fields(key, "application/json-patch+json"), text:format(temperature()))
end

function kinds.batch(key, count)
  local lines = {}
  for index = 1, 1000 do
    lines[index] = ('{"op":"patchTwin","id":"%s","patch":[{"op":"replace","path":"/temperature","value":%.2f}]}'):format(
      pump(count), temperature())
  end
  return wrk.format(
    "POST", "/v1/worlds/live/batch", fields(key, "application/x-ndjson"), table.concat(lines, "\n") .. "\n")
end

function init(arguments)
  math.randomseed(os.time())
  local make = kinds[arguments[1]]
  for index = 1, arguments[1] == "batch" and 64 or 20000 do
    requests[index] = make(arguments[2], tonumber(arguments[3]))
  end
end

function request()
  at = at % #requests + 1
  return requests[at]
end
