// TwinExchange
