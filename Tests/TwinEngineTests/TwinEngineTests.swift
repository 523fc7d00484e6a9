// TwinEngine
