"""amoCRM and Kommo by their API v4 (https://www.amocrm.ru/developers/content/crm_platform/)."""
