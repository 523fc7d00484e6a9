// TwinLog
