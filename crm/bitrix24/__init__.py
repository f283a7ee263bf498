"""Bitrix24: its REST methods, by an incoming web-hook or as an application."""
