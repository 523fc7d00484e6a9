import TwinModels
extension Schema {
  var storage: (ColumnKind, [String]) {
    switch name {
    case "double": (.double, []);
    case "integer": (.int32, []);
    case "boolean": (.bool, []);
    case "string": (.text, []);
    default: (.json, [])
    }
  }
}
