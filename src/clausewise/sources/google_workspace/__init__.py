"""Google Workspace: what its audit log (Admin SDK Reports API) tells about sign-ins, files, mail and devices."""
