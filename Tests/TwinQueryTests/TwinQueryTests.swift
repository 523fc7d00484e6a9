// TwinQuery
