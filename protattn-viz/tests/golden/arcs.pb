; halfbond = false
; dashes = 0
; color = #c83e0c
; radius = 0.372
/A:8@CA /A:20@CA
; color = #1f6ab8
; radius = 0.21
/A:28@CA /A:9A@CA
; color = #5c5c5c
; radius = 0.54
/A:12@CA /A:14@CA
